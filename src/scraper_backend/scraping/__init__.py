"""The hand: one site and one SKU in, one outcome out."""
