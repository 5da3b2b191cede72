"""Drafts: as files, kept between visits, used lately, and written as code."""
