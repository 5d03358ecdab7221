"""Features: outputs of the layers below the first one that trains, computed once and kept."""
