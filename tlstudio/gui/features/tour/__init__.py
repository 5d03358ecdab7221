"""The guided tour: five steps on the sample data, which point at the real controls."""
