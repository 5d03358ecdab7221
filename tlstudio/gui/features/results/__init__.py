"""The Results page: every validation image and what the network says of it."""
