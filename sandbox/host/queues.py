"""Queue triggers by the rules of the real host: lease and renewal, parallel batches, retries, poison queues, backing off when idle."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.ending import GRACE_SECONDS, rest
from sandbox.host.invocations import Invoker
from sandbox.host.messages import TypedData
from sandbox.host.settings import QueueSettings
from sandbox.host.storage import Queues, put
from sandbox.host.worker import Function, InvocationFailed

SHORTEST_WAIT = 0.1
log = logging.getLogger("Host.Queues")


class QueueListener:
    """Reads the queue of one function for as long as the host runs."""

    def __init__(self, function: Function, invoker: Invoker, queues: Queues, settings: QueueSettings) -> None:
        self.function = function
        self.invoker = invoker
        self.queues = queues
        self.settings = settings
        self.queue: QueueClient = queues.open(function.trigger, function.name)
        self.poison = queues.poison(self.queue)
        self.working: set[asyncio.Task[None]] = set()

    async def run(self, ending: asyncio.Event) -> None:
        """Fetch and start messages until the host ends; the wait doubles while the queue is empty, up to the longest poll interval."""
        wait = SHORTEST_WAIT
        while not ending.is_set():
            while len(self.working) > self.settings.new_batch_threshold:
                await asyncio.wait(self.working, return_when=asyncio.FIRST_COMPLETED)
            messages = await self.receive()
            for message in messages:
                task = asyncio.create_task(self.handle(message))
                self.working.add(task)
                task.add_done_callback(self.working.discard)
            if messages:
                wait = SHORTEST_WAIT
            else:
                await rest(ending, min(wait, self.settings.poll_seconds))
                wait *= 2
        if self.working:
            await asyncio.wait(self.working, timeout=GRACE_SECONDS)

    async def receive(self) -> list[QueueMessage]:
        """One batch, hidden from others for the time of the lease; nothing when the queue is missing or out of reach."""
        size, lease = self.settings.batch_size, whole(self.settings.lease_seconds)
        try:
            # a page by hand: the client's own iteration would ask a second time to see the end
            pages = self.queue.receive_messages(messages_per_page=size, visibility_timeout=lease).by_page()
            return [message async for message in await anext(pages)]
        except (StopAsyncIteration, ResourceNotFoundError):
            return []
        except AzureError as problem:
            log.warning("the queue %s cannot be read: %s", self.queue.queue_name, problem)
            return []

    async def handle(self, message: QueueMessage) -> None:
        """Bring one message to its end: done, hidden for a retry, or in the poison queue."""
        tries, most = message.dequeue_count or 0, self.settings.max_dequeue_count
        try:
            text = self.text_of(message)
            if text is None or tries > most:
                await self.give_up(message)
            elif await self.succeeds(message, text):
                await self.queue.delete_message(message)
            elif tries >= most:
                await self.give_up(message)
            else:
                await self.queue.update_message(message, visibility_timeout=whole(self.settings.retry_seconds))
        except AzureError as problem:
            log.warning("the message %s of %s will come again: %s", message.id, self.queue.queue_name, problem)

    def text_of(self, message: QueueMessage) -> str | None:
        """The body, or None when it is not in the encoding of `host.json`: no retry can mend that."""
        try:
            return self.queues.decode(message.content)
        except ValueError:
            log.error("the message %s of %s is not base64 as host.json has it", message.id, self.queue.queue_name)
            return None

    async def succeeds(self, message: QueueMessage, text: str) -> bool:
        """Run the function on the message and keep the lease meanwhile."""
        done = asyncio.Event()
        renewing = asyncio.create_task(self.keep_lease(message, done))
        try:
            reason = f"queue {self.queue.queue_name}, message {message.id}, try {message.dequeue_count}"
            await self.invoker.run(self.function, TypedData(string=text), reason=reason, metadata=metadata(message))
            return True
        except InvocationFailed:
            return False
        finally:
            # not cancelled: a renewal cut off in the middle would leave a pop receipt that nobody knows
            done.set()
            await renewing

    async def keep_lease(self, message: QueueMessage, done: asyncio.Event) -> None:
        """Renew at half time until done; a lost lease is logged, the next holder will run the message again."""
        lease = self.settings.lease_seconds
        while True:
            try:
                await asyncio.wait_for(done.wait(), lease / 2)
                return
            except TimeoutError:
                pass
            try:
                renewed = await self.queue.update_message(message, visibility_timeout=whole(lease))
                message.pop_receipt = renewed.pop_receipt
            except AzureError as problem:
                log.warning("the lease of message %s of %s is lost: %s", message.id, self.queue.queue_name, problem)

    async def give_up(self, message: QueueMessage) -> None:
        """Copy to the poison queue, then delete. A poison queue has no other: there the message comes again when its lease ends."""
        if self.poison is None:
            return
        await put(self.poison, message.content)
        await self.queue.delete_message(message)
        log.error("message %s of %s is moved to %s", message.id, self.queue.queue_name, self.poison.queue_name)


def whole(seconds: float) -> int:
    """Storage takes whole seconds only."""
    return round(seconds)


def metadata(message: QueueMessage) -> dict[str, TypedData]:
    """What the real host tells about a message beside its body."""
    return {
        "Id": TypedData(string=message.id),
        "DequeueCount": TypedData(string=str(message.dequeue_count)),
        "PopReceipt": TypedData(string=message.pop_receipt),
        "InsertionTime": moment(message.inserted_on),
        "ExpirationTime": moment(message.expires_on),
        "NextVisibleTime": moment(message.next_visible_on),
    }


def moment(value: datetime | None) -> TypedData:
    return TypedData(json=f'"{value.isoformat()}"') if value else TypedData(json="null")
