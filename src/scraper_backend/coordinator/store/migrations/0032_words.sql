-- What a search for words looks at, in small letters and beside the SKU: an index of it is read instead of every
-- product.  An index entry must be short, so the words of a title that is a page long count at its beginning.
ALTER TABLE products ADD COLUMN words TEXT GENERATED ALWAYS AS
  (SUBSTR(LOWER(sku || ' ' || COALESCE(brand, '') || ' ' || COALESCE(title, '')), 1, 400)) {generated};
CREATE INDEX products_words ON products (sku, words);
