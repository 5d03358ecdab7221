"""The engine: data, networks and training on torch, without Qt.

Importing this package imports nothing heavy; torch comes with the modules that compute.
"""

from tlstudio.engine.lazy_dynamo import defer_dynamo

defer_dynamo()
