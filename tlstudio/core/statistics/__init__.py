"""What is counted over the images of a dataset: pure, a row of a table each."""
