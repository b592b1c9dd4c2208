"""Why, when and how near: explanations, clocks and history of closed nights."""
