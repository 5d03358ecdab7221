"""The licences of all parts of the studio."""
