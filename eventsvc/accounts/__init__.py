"""People who log in; a role is always a role at an organisation."""
