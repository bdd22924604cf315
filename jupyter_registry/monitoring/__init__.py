"""The raw log of predictions and actuals, its accumulators, and the accuracy read from them."""
