"""Networks: the catalog, building them, their heads and their layer trees."""
