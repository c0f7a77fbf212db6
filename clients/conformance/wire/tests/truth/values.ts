// Values at the edges of the portable profile: what is sent, and what must come back where that is not the same.

/** A value that goes around. */
export interface Value {
  readonly sent: unknown;
  /** What comes back; the same unless told. */
  readonly back?: unknown;
}

/** The values of one echo command. */
export interface Echo {
  /** The command. */
  readonly command: string;
  /** The event that repeats the payload. */
  readonly event: string;
  readonly values: Readonly<Record<string, Value>>;
}

const same = (sent: unknown): Value => ({ sent });

const texts = (text: string): Value => same({ text, list: [text, ""], byKey: { [text]: text } });

const integers = (low: boolean) =>
  same({
    tiny: low ? -128 : 127,
    small: low ? -32_768 : 32_767,
    whole: low ? -2_147_483_648 : 2_147_483_647,
    wide: low ? "-9223372036854775808" : "9223372036854775807",
    tinyCount: low ? 0 : 255,
    smallCount: low ? 0 : 65_535,
    count: low ? 0 : 4_294_967_295,
    safeCount: low ? 0 : Number.MAX_SAFE_INTEGER,
    wideCount: low ? "0" : "18446744073709551615",
  });

const identifiers = {
  id: "00000000-0000-0000-0000-000000000000",
  at: "1970-01-01T00:00:00Z",
  link: "https://example.org/a%20b?c=d&e=%C3%A9#f",
  reference: "",
};

const shapes = { shape: { type: "point" }, more: [], colour: "sky_blue", mood: { type: "calm" } };

const blob = (bytes: Uint8Array): Value => ({
  sent: { name: "bytes", content: bytes, preview: new Uint8Array([0]) },
  back: { name: "bytes", content: Buffer.from(bytes), preview: Buffer.from([0]) },
});

/** Numbers of every magnitude, always the same ones. */
function numbers(count: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  let state = 0x9e3779b97f4a7c15n;
  const found: number[] = [];
  while (found.length < count) {
    // SplitMix64, of which every bit pattern of a double can come.
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let bits = state;
    bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n);
    bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d049bb133111ebn);
    view.setBigUint64(0, bits ^ (bits >> 31n));
    const number = view.getFloat64(0);
    if (Number.isFinite(number)) found.push(number);
  }
  return found;
}

const nest = (depth: number): unknown => (depth === 0 ? "deep" : [{ inner: nest(depth - 1) }]);

/** Every echo command with its values. */
export const ECHOES: readonly Echo[] = [
  {
    command: "echo_texts",
    event: "texts",
    values: {
      "empty text": texts(""),
      "text of many scripts": texts("naïve Ωμέγα 日本語 עברית 🦢👩‍👩‍👧 e\u0301"),
      "control characters": texts("\u0000\u0001\b\t\n\v\f\r\u001b\u001f\u007f\u0085"),
      "what JSON and JavaScript escape": texts('" \\ / \u2028 \u2029 \ufeff </script>'),
      "names of every object": same({
        text: "",
        list: [],
        byKey: JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","":"d"}'),
      }),
      "long text": texts("ä".repeat(5_000)),
      "empty collections": same({ text: "", list: [], byKey: {} }),
    },
  },
  {
    command: "echo_integers",
    event: "integers",
    values: { "smallest integers": integers(true), "largest integers": integers(false) },
  },
  {
    command: "echo_fractions",
    event: "fractions",
    values: {
      "numbers at the edges": same({
        number: Number.MAX_VALUE,
        numbers: [
          -Number.MAX_VALUE,
          Number.MIN_VALUE,
          -Number.MIN_VALUE,
          2.2250738585072014e-308,
          Number.EPSILON,
          0,
          1,
          -1,
          0.1 + 0.2,
          1 / 3,
          Number.MAX_SAFE_INTEGER,
          Number.MIN_SAFE_INTEGER,
          2 ** 53,
          2 ** 64,
          1e21,
          1e-7,
        ],
      }),
      "numbers of every magnitude": same({ number: 0, numbers: numbers(1_000) }),
    },
  },
  {
    command: "echo_optionals",
    event: "optionals",
    values: {
      nothing: same({}),
      "null, which says nothing": {
        sent: { text: null, flag: null, list: null, nested: null },
        back: {},
      },
      "values that look like nothing": same({ text: "", flag: false, list: [], nested: {} }),
      "something deep within nothing": same({ nested: { deeper: { deeper: { value: 0 } } } }),
      "null deep within": {
        sent: {
          nested: { value: null, deeper: { value: 1, deeper: null } },
          list: [{ value: null }],
        },
        back: { nested: { deeper: { value: 1 } }, list: [{}] },
      },
    },
  },
  {
    command: "echo_change",
    event: "change",
    values: {
      "no change": same({}),
      "everything cleared": same({ title: null, count: null, nested: null }),
      "everything set": same({ title: "", count: 0, nested: { value: 1 } }),
      "some of each": same({ title: null, nested: {} }),
    },
  },
  {
    command: "echo_identifiers",
    event: "identifiers",
    values: {
      "the first of each": same(identifiers),
      "the last instant": same({ ...identifiers, at: "9999-12-31T23:59:59.999999999Z" }),
      "an instant as JavaScript writes it": {
        sent: { ...identifiers, at: "2024-02-29T12:00:00.000Z" },
        back: { ...identifiers, at: "2024-02-29T12:00:00Z" },
      },
      "an instant elsewhere": {
        sent: { ...identifiers, at: "2024-02-29T12:00:00.5+02:00" },
        back: { ...identifiers, at: "2024-02-29T10:00:00.500Z" },
      },
    },
  },
  {
    command: "echo_shapes",
    event: "shapes",
    values: {
      "unit variants": same(shapes),
      "variants with fields": same({
        ...shapes,
        shape: { type: "line", corners: [{ x: -1, y: 1 }], isClosed: false },
        more: [{ type: "circle", radius: 0.5 }, { type: "point" }, { type: "line", corners: [] }],
        mood: { type: "busy", tasks: 3 },
      }),
      "a variant that the server does not know": same({
        ...shapes,
        mood: { type: "curious", about: ["everything"], depth: 2.5 },
      }),
    },
  },
  {
    command: "echo_blob",
    event: "blob",
    values: {
      "no bytes": blob(new Uint8Array()),
      "no bytes at all": {
        sent: { name: "", content: new Uint8Array(), preview: new ArrayBuffer(0) },
        back: { name: "", content: Buffer.from([]), preview: Buffer.from([]) },
      },
      "bytes of Node": blob(Buffer.from("of Node")),
      "a part of a larger buffer": blob(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)),
      "every byte": blob(Uint8Array.from({ length: 256 }, (_, index) => index)),
      "many bytes": blob(new Uint8Array(200_000).fill(0xa5)),
    },
  },
  {
    command: "echo_anything",
    event: "anything",
    values: {
      null: same({ value: null, byKey: {} }),
      "every kind of JSON": same({
        value: [null, true, false, 0, -1.5, 2 ** 53, 1e300, "", "text", [], {}],
        byKey: { null: null, list: [[]], object: { "": { "": "" } } },
      }),
      "deep JSON": same({ value: nest(30), byKey: {} }),
      "what stands for an attachment in a frame": same({
        value: { _placeholder: true, num: 0 },
        byKey: { bytes: { _placeholder: true, num: -1 } },
      }),
    },
  },
];
