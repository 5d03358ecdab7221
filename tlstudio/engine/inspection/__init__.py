"""What each layer of a network does with an image: shapes, multiply-adds, receptive fields."""
