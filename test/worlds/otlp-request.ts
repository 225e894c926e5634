import protobuf from 'protobufjs'

/** OTLP for traces. Source: https://github.com/open-telemetry/opentelemetry-proto */
const SCHEMA = `
  syntax = "proto3";
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message InstrumentationScope { string name = 1; string version = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
    string name = 5; uint32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
    repeated Event events = 11; uint32 dropped_events_count = 12;
    repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
  }
  message Event {
    fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
  }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
    uint32 dropped_attributes_count = 5; fixed32 flags = 6;
  }
  message Status { string message = 2; uint32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
`
const REQUEST = protobuf.parse(SCHEMA).root.lookupType('ExportTraceServiceRequest')
const IDS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId'])

/** Reads a request to export traces, in protobuf or JSON, as the JSON form of OTLP. */
export function readTraceRequest(body: Buffer, contentType: string | undefined) {
  if (contentType !== 'application/x-protobuf') return JSON.parse(body.toString())
  const request = REQUEST.toObject(REQUEST.decode(body), { longs: String, arrays: true, bytes: Array })
  // The JSON form has integers as text; the SDK writes numbers, which tests expect.
  return JSON.parse(JSON.stringify(request), (name, value) =>
    IDS.has(name) ? Buffer.from(value).toString('hex') || undefined : name === 'intValue' ? Number(value) : value,
  )
}
