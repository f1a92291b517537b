"""What every service shares: settings, app factory, telemetry, MongoDB and Kafka access, secrets."""
