"""What several lessons show with: pictures of pixels, numbers in a grid, sliders, formulas."""
