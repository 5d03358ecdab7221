"""A comparison of strategies or networks on equal terms, and its verdict."""
