"""Who the keys of a source stand for: asked once, remembered, and rows that waited for the answer taken in."""
