"""What a file of weights holds, shown before anything of it is used."""
