"""People across rooms: founding a workspace, and later merging, forgetting, handing over."""
