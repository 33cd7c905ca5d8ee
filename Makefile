# One-liners for fingers that type make; everything is in ./dev.
.PHONY: up test e2e lint down reset lock
up test e2e lint down reset lock:
	./dev $@
