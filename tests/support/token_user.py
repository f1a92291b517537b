"""A process that uses an account: `python -m support.token_user URL` asks meInvoice at URL for templates, at once."""

import asyncio
import os
import sys

from meinvoice.answers import Templates
from meinvoice.transport import new_http_client
from pydantic import SecretStr
from runtime.clock import SystemClock
from runtime.mongo import Mongo
from runtime.secrets import SecretBox
from runtime.settings import MongoSettings
from runtime.tokens import AccountTokens
from shops.clients import VendorClients
from support.shops import example_shop


async def main(url: str) -> None:
    """Ask twenty times; fails unless each is answered."""
    mongo = Mongo(MongoSettings(url=SecretStr(os.environ["MONGO_URL"]), database=os.environ["MONGO_DATABASE"]))
    box = SecretBox([os.environ["HOADON_SECRET_KEYS"]])
    account = example_shop().accounts[0].model_copy(update={"base_url": url})
    async with new_http_client() as http:
        client = VendorClients(http, AccountTokens(mongo.database, box, SystemClock())).meinvoice(account)
        answers = await asyncio.gather(*(client.templates(invoice_with_code=True) for _ in range(20)))
    await mongo.close()
    if not all(isinstance(answer, Templates) for answer in answers):
        sys.exit(f"not answered: {answers}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
