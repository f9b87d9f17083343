"""Province, city, county, township, village, member group: the tree, with dates."""
