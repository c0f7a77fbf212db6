// A client that keeps no rules: a TCP connection from an address of one's own, and a websocket on it whose every frame
// is written by hand. What is sent is made of few and large writes, so that an attack costs the tests little.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { atEnd } from "../../harness/clients.js";

/** What an attacker wants of a connection. */
export interface RawOptions {
  /** The address of this machine that it comes from. */
  readonly from: string;
  /** Headers of its request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The Engine.IO session that it says it has. */
  readonly session?: string;
  /** Whether it answers the server's pings; it does unless told. */
  readonly pongs?: boolean;
}

/** An answer to a request that is not what an attacker wanted. */
export interface Refusal {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A TCP connection on which nothing has been said. */
export async function tcp(url: string, from: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  // Resets are what attackers get.
  socket.on("error", () => {});
  atEnd(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** The request by which a websocket begins. */
export function upgradeRequest(
  url: string,
  { headers = {}, session }: Partial<RawOptions>,
): string {
  const query = `EIO=4&transport=websocket${session === undefined ? "" : `&sid=${session}`}`;
  const lines = {
    Host: new URL(url).host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  };
  const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /socket.io/?${query} HTTP/1.1\r\n${text.join("")}\r\n`;
}

/** Opens a websocket, or says how that was refused. */
export async function open(url: string, options: RawOptions): Promise<RawSocket | Refusal> {
  const socket = await tcp(url, options.from);
  socket.write(upgradeRequest(url, options));
  const { head, rest } = await readHead(socket);
  const status = Number(head.split(" ")[1] ?? 0);
  if (status === 101) return new RawSocket(socket, rest, options.pongs ?? true);
  const body = await readBody(socket, head, rest);
  socket.destroy();
  return { status, head, body };
}

/** Opens a websocket that must be let through. */
export async function mustOpen(url: string, options: RawOptions): Promise<RawSocket> {
  const opened = await open(url, options);
  if (opened instanceof RawSocket) return opened;
  throw new Error(`refused with ${opened.status}: ${opened.body}`);
}

/** Sends one request, and gives what it is answered with. */
export async function ask(
  url: string,
  { from, method = "GET", headers = {}, body = "" }: HttpOptions,
): Promise<{ status: number; body: string }> {
  const asked = request(url, { method, headers, localAddress: from, agent: false });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/** What a request has. */
export interface HttpOptions {
  readonly from: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A websocket frame as a client sends it, under a mask of zeros. */
export function frame(
  content: string | Buffer,
  opcode = typeof content === "string" ? 1 : 2,
): Buffer {
  const body = Buffer.from(content);
  return Buffer.concat([frameHead(opcode, body.length), body]);
}

/** The head of a frame that says it has so many bytes. */
export function frameHead(opcode: number, length: number | bigint): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | Number(length), 0, 0, 0, 0]);
  const head = Buffer.alloc(length < 65_536 ? 8 : 14);
  head[0] = first;
  head[1] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(Number(length), 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** A websocket in the hands of an attacker. */
export class RawSocket {
  /** The TCP connection. */
  readonly tcp: Socket;
  /** Resolves when it has ended, whoever ended it. */
  readonly closed: Promise<void>;
  /** The texts that came and that nobody has asked for. */
  readonly texts: string[] = [];
  #rest: Buffer;
  #isClosed = false;
  #waiting: { fits: (text: string) => boolean; found: (text: string) => void; gone: () => void }[] =
    [];

  constructor(socket: Socket, rest: Buffer, pongs: boolean) {
    this.tcp = socket;
    this.#rest = rest;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#isClosed = true;
        for (const { gone } of this.#waiting.splice(0)) gone();
        resolve();
      });
    });
    socket.on("data", (bytes) => {
      this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
      this.#read(pongs);
    });
    this.#read(pongs);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends a text. */
  send(...texts: readonly string[]): void {
    this.write(Buffer.concat(texts.map((text) => frame(text))));
  }

  /** Sends bytes as they are. */
  write(bytes: Buffer): void {
    if (!this.#isClosed) this.tcp.write(bytes);
  }

  /** Takes nothing any more. */
  stopReading(): void {
    this.tcp.pause();
  }

  /** Waits until what was written has left, or the connection is over. */
  async drained(): Promise<void> {
    const left = new Promise<void>((resolve) => this.tcp.write("", () => setImmediate(resolve)));
    await Promise.race([this.closed, left]);
  }

  /** The first text that begins so, of those that came and those that come. */
  next(start: string): Promise<string> {
    const fits = (text: string) => text.startsWith(start);
    const place = this.texts.findIndex(fits);
    if (place >= 0) return Promise.resolve(this.texts.splice(place, 1)[0] ?? "");
    if (this.#isClosed) return Promise.reject(new Error(`closed before ${start}`));
    return new Promise((found, reject) => {
      this.#waiting.push({ fits, found, gone: () => reject(new Error(`closed before ${start}`)) });
    });
  }

  /** Asks to enter a namespace, and gives the refusal if there is one. */
  async enter(namespace: string, auth: object = {}): Promise<string | undefined> {
    this.send(`40${namespace},${JSON.stringify(auth)}`);
    const entered = this.next(`40${namespace},`);
    const refused = this.next(`44${namespace},`);
    // One of the two waits for ever.
    entered.catch(() => {});
    refused.catch(() => {});
    const answer = await Promise.race([entered, refused]);
    return answer.startsWith("44") ? refusalOf(answer) : undefined;
  }

  #read(pongs: boolean): void {
    for (let text = this.#take(); text !== undefined; text = this.#take()) {
      if (text === "2" && pongs) this.send("3");
      const place = this.#waiting.findIndex(({ fits }) => fits(text));
      if (place >= 0) this.#waiting.splice(place, 1)[0]?.found(text);
      else this.texts.push(text);
    }
  }

  /** The next text, if all of it is there; other frames are passed over. */
  #take(): string | undefined {
    while (this.#rest.length >= 2) {
      const short = (this.#rest[1] ?? 0) & 0x7f;
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.#rest.length < head) return undefined;
      const length =
        short === 127
          ? Number(this.#rest.readBigUInt64BE(2))
          : short === 126
            ? this.#rest.readUInt16BE(2)
            : short;
      if (this.#rest.length < head + length) return undefined;
      const opcode = (this.#rest[0] ?? 0) & 0x0f;
      const body = this.#rest.subarray(head, head + length);
      this.#rest = this.#rest.subarray(head + length);
      if (opcode === 1) return body.toString();
    }
    return undefined;
  }
}

/** The code of a refused CONNECT, or its words where it has none. */
function refusalOf(packet: string): string {
  const { message } = JSON.parse(packet.slice(packet.indexOf("{"))) as { message: string };
  try {
    return (JSON.parse(message) as { code: string }).code;
  } catch {
    return message;
  }
}

/** What a server says before the content of its answer. */
export async function readHead(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  let read = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const look = (bytes: Buffer) => {
      read = Buffer.concat([read, bytes]);
      const end = read.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", look);
      socket.off("close", gone);
      resolve({ head: read.subarray(0, end).toString(), rest: read.subarray(end + 4) });
    };
    const gone = () => reject(new Error(`no answer, but ${JSON.stringify(read.toString())}`));
    socket.on("data", look);
    socket.once("close", gone);
  });
}

async function readBody(socket: Socket, head: string, rest: Buffer): Promise<string> {
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  let body = rest;
  while (body.length < length) {
    const [bytes] = (await once(socket, "data")) as [Buffer];
    body = Buffer.concat([body, bytes]);
  }
  return body.toString();
}
