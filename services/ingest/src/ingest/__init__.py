"""Every way in from Haravan."""
