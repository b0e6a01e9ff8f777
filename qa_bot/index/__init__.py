"""The index: passages of clauses as vectors in Chroma, BM25 and the clause store.

All three belong to one *generation*, which is built aside and becomes current when the manifest
names it.
"""
