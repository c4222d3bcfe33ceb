"""A Ray Serve application: an image in, an image out. serve run ray_serve:app graph=/path/translate_a_to_b.onnx

    curl --data-binary @drawing.png 'localhost:8000/?seed=1' -o shoe.png
"""
import random

from munit_onnx import Translator
from munit_torch.rng import Rng
from PIL import UnidentifiedImageError
from ray import serve
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

MOST_BYTES = 16 * 2**20


@serve.deployment(max_ongoing_requests=8, max_queued_requests=32)
class Translation:
    def __init__(self, graph):
        self.translator = Translator(graph)

    @serve.batch(max_batch_size=8, batch_wait_timeout_s=0.01)
    async def translate(self, requests):
        files, styles = zip(*requests)
        return self.translator(list(files), list(styles))

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("POST an image.\n", 405, {"Allow": "POST"})
        text = request.query_params.get("seed", str(random.getrandbits(32)))
        if not text.isdigit() or int(text) >= 2**32:
            return PlainTextResponse("seed must be a whole number from 0 to 4294967295.\n", 400)
        data = await request.body()
        if len(data) > MOST_BYTES:
            return PlainTextResponse(f"The image is larger than {MOST_BYTES} bytes.\n", 413)
        try:
            png = await self.translate((data, Rng(int(text)).normals(self.translator.style_dim)))
        except (UnidentifiedImageError, OSError):
            return PlainTextResponse("The body is not an image that can be read.\n", 400)
        return Response(png, media_type="image/png", headers={"X-Munit-Seed": text})


def app(arguments):
    """What `serve run` builds: graph=…"""
    return Translation.bind(arguments["graph"])
