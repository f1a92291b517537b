"""TLS and SASL for Kafka from the settings."""

import ssl

from faststream.security import BaseSecurity, SASLScram512

from runtime.settings import KafkaSettings


def security_of(settings: KafkaSettings) -> BaseSecurity | None:
    """FastStream's security object; None for plain text.

    Raises:
        ValueError: when a SASL protocol is asked for without a user.
    """
    match settings.security_protocol:
        case "PLAINTEXT":
            return None
        case "SSL":
            return BaseSecurity(ssl_context=_context(settings), use_ssl=True)
        case "SASL_PLAINTEXT":
            return _scram(settings, None)
        case "SASL_SSL":
            return _scram(settings, _context(settings))


def _scram(settings: KafkaSettings, context: ssl.SSLContext | None) -> SASLScram512:
    if not settings.sasl_username:
        raise ValueError(f"KAFKA_SASL_USERNAME is missing, {settings.security_protocol} needs it")
    return SASLScram512(
        username=settings.sasl_username,
        password=settings.sasl_password.get_secret_value(),
        ssl_context=context,
        use_ssl=context is not None,
    )


def _context(settings: KafkaSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ssl_ca_file)
    if settings.ssl_certificate_file is not None:
        context.load_cert_chain(settings.ssl_certificate_file, settings.ssl_key_file)
    return context
