"""What the screens show, apart from how it is drawn: images, tables, curves, a run's log."""
