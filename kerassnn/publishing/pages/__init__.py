"""The zoo as a folder of static pages."""
