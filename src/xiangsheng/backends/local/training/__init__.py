"""Training: examples to documents, documents to packed batches, batches to weights."""
