"""``make browsers``: the document's way in WebKit and in Firefox (docs/browsers.md)."""
