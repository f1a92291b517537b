"""Made-up buyers: names, companies with tax codes whose check digit is right, addresses in both shapes."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LAST = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Hoàng",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
)
_MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Hữu", "Thùy", "Quốc", "Gia", "Khánh", "Bảo", "Hoài")
_FIRST = (
    "An",
    "Bình",
    "Châu",
    "Dung",
    "Giang",
    "Hà",
    "Hương",
    "Khoa",
    "Linh",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quỳnh",
    "Tâm",
    "Uyên",
    "Vy",
    "Yến",
)
_STREETS = (
    "Lê Lợi",
    "Nguyễn Trãi",
    "Trần Hưng Đạo",
    "Hai Bà Trưng",
    "Cách Mạng Tháng Tám",
    "Điện Biên Phủ",
    "Phố Huế",
    "Láng Hạ",
)

_CLASSIC = (
    ("Hồ Chí Minh", "HC", "Quận 1", "HC466", "Phường Bến Nghé", "26740"),
    ("Hồ Chí Minh", "HC", "Quận Bình Thạnh", "HC476", "Phường 25", "26914"),
    ("Hà Nội", "HI", "Quận Cầu Giấy", "HI12", "Phường Dịch Vọng", "00167"),
    ("Đà Nẵng", "DA", "Quận Hải Châu", "DA2", "Phường Thạch Thang", "20242"),
    ("Hải Phòng", "HP", "Quận Lê Chân", "HP35", "Phường An Biên", "11377"),
)
_TWO_TIER = (
    ("Thành phố Hà Nội", "1001", "Phường Cầu Giấy", "1000082"),
    ("Thành phố Hồ Chí Minh", "1079", "Phường Sài Gòn", "1000731"),
    ("Thành phố Đà Nẵng", "1048", "Phường Hải Châu", "1000520"),
    ("Tỉnh Lâm Đồng", "1068", "Xã Di Linh", "1000644"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A buyer as the order knows them; `last_name` is None where only one field was filled in."""

    first_name: str
    last_name: str | None
    phone: str | None
    email: str

    @property
    def name(self) -> str:
        """As Haravan joins it: with a leading space where there is no last name."""
        return f"{self.last_name or ''} {self.first_name}"


@dataclass(frozen=True, slots=True)
class Company:
    """A buyer that wants the invoice in its company's name."""

    name: str
    tax_code: str
    address: str
    email: str


COMPANIES = (
    Company(
        "Công ty TNHH Thương Mại Ánh Dương",
        "0312345673",
        "12 Lê Lợi, Phường Sài Gòn, TP. Hồ Chí Minh",
        "ketoan@anhduong.example.vn",
    ),
    Company(
        "Công ty Cổ phần Xây Dựng Sông Hồng",
        "0101234565",
        "88 Láng Hạ, Phường Đống Đa, Hà Nội",
        "hoadon@songhong.example.vn",
    ),
    Company(
        "Chi nhánh Đà Nẵng - Công ty TNHH Biển Xanh",
        "0400123454-001",
        "5 Bạch Đằng, Phường Hải Châu, Đà Nẵng",
        "kt.danang@bienxanh.example.vn",
    ),
    Company(
        "Công ty TNHH Giải Pháp Phần Mềm Sao Mai",
        "0315000772",
        "Tầng 3, 20 Cộng Hòa, Phường Tân Bình, TP. Hồ Chí Minh",
        "ap@saomai.example.vn",
    ),
    Company(
        "Doanh nghiệp tư nhân Hoa Sen",
        "3700111222",
        "45 Đại lộ Bình Dương, Phường Thủ Dầu Một, TP. Hồ Chí Minh",
        "hoasen@hoasen.example.vn",
    ),
)
GUEST_EMAIL = "guest@haravan.com"
"""What Haravan fills in where the buyer gave no e-mail."""


def person(chance: random.Random) -> Person:
    """A private buyer."""
    first = f"{chance.choice(_MIDDLE)} {chance.choice(_FIRST)}"
    last = chance.choice(_LAST) if chance.random() < 0.9 else None  # noqa: PLR2004  (one in ten left it empty)
    number = chance.randrange(10_000_000)
    return Person(first, last, f"090{number:07d}", f"khach{number:07d}@mail.example.vn")


def masked_person() -> Person:
    """A marketplace's buyer: it shows only the first and last letter, and no phone."""
    return Person("N******n", None, None, GUEST_EMAIL)


def address(chance: random.Random, who: Person) -> Mapping[str, Any]:
    """An address in the classic three levels, or in the two levels that there are since July 2025."""
    street = f"{chance.randrange(1, 400)} {chance.choice(_STREETS)}"
    if chance.random() < 0.5:  # noqa: PLR2004  (half and half)
        province, province_code, district, district_code, ward, ward_code = chance.choice(_CLASSIC)
        place: dict[str, Any] = {"ward": ward, "ward_code": ward_code}
    else:
        province, province_code, district, district_code = chance.choice(_TWO_TIER)
        place = {"ward": None, "ward_code": None}
    return {
        "first_name": who.first_name,
        "last_name": who.last_name,
        "name": who.name,
        "company": None,
        "phone": who.phone,
        "address1": street,
        "address2": None,
        "city": None,
        "zip": None,
        "country": "Vietnam",
        "country_code": "VN",
        "province": province,
        "province_code": province_code,
        "district": district,
        "district_code": district_code,
        **place,
    }
