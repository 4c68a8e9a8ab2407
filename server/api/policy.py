"""What a browser may load and run on our pages."""

POLICY = ("default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
          "form-action 'self'; img-src 'self' data:; connect-src 'self' ws: wss:")
"""Of every answer."""
POLICY_FOR_PICTURES = f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'"
"""Of the pages that draw labels, and of the worker that reads codes off the camera's pictures: their own WebAssembly may run there, and still no script but ours, and none that is made from text."""
