"""Figures that add up along the tree."""
