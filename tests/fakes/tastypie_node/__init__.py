"""A management node made of the real django-tastypie: `python -m tests.fakes.tastypie_node`, see tastypie_server.py."""
