"""Files -> an index folder: reading, splitting, embedding, storing. Knows nothing of questions.

Nothing heavy is imported here; `import index` loads neither numpy nor faiss nor torch.
"""
