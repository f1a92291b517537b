"""A refusal of one invoice in the vendor's words."""


class RefusedError(Exception):
    """The invoice is not issued; `code` goes to ErrorCode, the message to DescriptionErrorCode."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def missing(name: str) -> RefusedError:
    """A required field of the invoice is absent or empty."""
    return RefusedError(f"RequireInfo_{name}", f"Thiếu thông tin {name}")


def invalid(name: str, why: str) -> RefusedError:
    """A field of the invoice has a value that is not allowed."""
    return RefusedError(f"Invalid_[Invoice.{name}]", f"{name}: {why}")


def invalid_line(name: str, line: int, why: str) -> RefusedError:
    """A field of a line has a value that is not allowed."""
    return RefusedError(f"InvoiceDetail_{name}", f"Dòng {line}, {name}: {why}")
