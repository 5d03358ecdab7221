"""What whoever helps wants to know."""
