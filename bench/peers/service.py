"""Pellucid's job as Python teams usually build it: the peer in `npm run bench`.

FastAPI on uvloop, bm25s over the same passages, one SQLite transaction (WAL, synchronous=FULL)
before each reply, two JSON log lines a turn, OpenTelemetry's FastAPI instrumentation over OTLP, and
prometheus_client. Variables: PORT, PASSAGES (JSON Lines), DATA_DIR, and the standard OTEL_* ones.
"""

import json
import logging
import os
import secrets
import sqlite3
import time
from pathlib import Path

import bm25s
import uvicorn
from fastapi import FastAPI, HTTPException
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Histogram, make_asgi_app
from pydantic import BaseModel, Field
from pythonjsonlogger.json import JsonFormatter

SOURCES = 5
RESPONSE_CHARS = 800

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, created_at REAL NOT NULL, last_active_at REAL NOT NULL, turns INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS turns (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions, created_at REAL NOT NULL,
  message TEXT NOT NULL, receipt TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS turns_of_session ON turns (session_id, created_at);
"""


class Message(BaseModel):
    message: str = Field(min_length=1, max_length=8000)
    session_id: str | None = Field(default=None, max_length=128)


class Source(BaseModel):
    title: str
    location: str
    passage: str
    score: float


class Receipt(BaseModel):
    response: str
    session_id: str
    turn_id: str
    trace_id: str
    kind: str
    confidence: float
    sources: list[Source]
    timings_ms: dict[str, float]


class Session(BaseModel):
    session_id: str


def open_log(folder: Path) -> logging.Logger:
    handler = logging.FileHandler(folder / "peer.log")
    handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger("chat")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    return log


def open_database(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(SCHEMA)
    return database


def load_passages(path: Path) -> list[dict]:
    with path.open(encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def build_index(passages: list[dict]) -> bm25s.BM25:
    texts = [" ".join([p["title"], *p["headings"], p["text"]]) for p in passages]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    return index


provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

data_dir = Path(os.environ["DATA_DIR"])
data_dir.mkdir(parents=True, exist_ok=True)
log = open_log(data_dir)
database = open_database(data_dir / "peer.sqlite")
passages = load_passages(Path(os.environ["PASSAGES"]))
index = build_index(passages)

turns = Counter("chat_turns", "Turns", ["kind"])
durations = Histogram("chat_turn_duration_seconds", "Duration of a turn")

app = FastAPI()
app.mount("/metrics", make_asgi_app())


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@app.post("/sessions", status_code=201)
async def open_session() -> Session:
    return Session(session_id=insert_session())


@app.post("/chat")
async def chat(body: Message) -> Receipt:
    started = time.perf_counter()
    session_id = body.session_id or insert_session()
    if database.execute("SELECT 1 FROM sessions WHERE id = ?", (session_id,)).fetchone() is None:
        raise HTTPException(404, "Session not found")
    turn_id = secrets.token_urlsafe(18)
    span = trace.get_current_span().get_span_context()
    trace_id = format(span.trace_id, "032x")
    ids = {
        "session_id": session_id,
        "turn_id": turn_id,
        "trace_id": trace_id,
        "span_id": format(span.span_id, "016x"),
    }
    log.info("User message received", extra={**ids, "message_chars": len(body.message), "message_text": body.message})
    sources = search(body.message)
    searched = time.perf_counter()
    receipt = Receipt(
        response=sources[0].passage[:RESPONSE_CHARS] if sources else "I don't know.",
        session_id=session_id,
        turn_id=turn_id,
        trace_id=trace_id,
        kind="answer" if sources else "fallback",
        confidence=sources[0].score / (sources[0].score + 10) if sources else 0,
        sources=sources,
        timings_ms={"search": (searched - started) * 1000},
    )
    store(receipt, body.message)
    took = time.perf_counter() - started
    turns.labels(receipt.kind).inc()
    durations.observe(took)
    log.info(
        "Bot response sent",
        extra={
            **ids,
            "kind": receipt.kind,
            "confidence": receipt.confidence,
            "source_count": len(sources),
            "response_text": receipt.response,
            "took_ms": round(took * 1000, 3),
        },
    )
    return receipt


def search(question: str) -> list[Source]:
    tokens = bm25s.tokenize(question, stopwords="en", show_progress=False, return_ids=False)
    found, scores = index.retrieve(tokens, k=min(SOURCES, len(passages)), show_progress=False)
    return [
        Source(title=p["title"], location=p["location"], passage=p["text"][:2000], score=float(score))
        for p, score in ((passages[i], score) for i, score in zip(found[0], scores[0]))
        if score > 0
    ]


def insert_session() -> str:
    session_id = secrets.token_urlsafe(18)
    now = time.time()
    database.execute("INSERT INTO sessions (id, created_at, last_active_at) VALUES (?, ?, ?)", (session_id, now, now))
    return session_id


def store(receipt: Receipt, message: str) -> None:
    now = time.time()
    database.execute("BEGIN IMMEDIATE")
    database.execute(
        "UPDATE sessions SET last_active_at = ?, turns = turns + 1 WHERE id = ?", (now, receipt.session_id)
    )
    database.execute(
        "INSERT INTO turns VALUES (?, ?, ?, ?, ?)",
        (receipt.turn_id, receipt.session_id, now, message, receipt.model_dump_json()),
    )
    database.execute("COMMIT")


FastAPIInstrumentor.instrument_app(app)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), loop="uvloop", http="httptools", log_config=None, access_log=False)
