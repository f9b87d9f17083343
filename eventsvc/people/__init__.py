"""Households and persons that an association knows: the roll."""
