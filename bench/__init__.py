"""Measurements, a package each; ``make bench`` runs them. They are no tests: they tell, they do not judge."""
