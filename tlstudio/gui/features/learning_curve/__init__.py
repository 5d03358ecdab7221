"""Would more photos help? The learning curve of the open dataset, continued."""
