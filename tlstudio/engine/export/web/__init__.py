"""A network as a web page: one HTML file that classifies images in a browser, offline."""
