//! What the documents of all dialects have in common.

use farthing_dialect_kit::fields::ObjectSpec;
use serde_json::{Map, Value, json};

use crate::answers::{Answer, CodeAndStatus, MOMENT, object, result};
use crate::requests::{Schemas, capitalised, rules_told};

/// One dialect.
pub(crate) struct Dialect {
    /// The word of the dialect, and the name of its file.
    pub(crate) word: &'static str,
    /// The API's name.
    pub(crate) title: &'static str,
    /// How requests and answers are signed, and what else holds for every operation.
    pub(crate) description: &'static str,
    /// What may stand in front of every path.
    pub(crate) prefixes: Vec<&'static str>,
    /// The headers of a request besides the signature: each name, and what it is.
    pub(crate) request_headers: &'static [(&'static str, &'static str)],
    /// Where the signature of a request stands, if it is a header.
    pub(crate) signature_header: Option<&'static str>,
    /// The headers of an answer; none but the media type when it names nobody that is known.
    pub(crate) reply_headers: &'static [&'static str],
    /// Parts of answers: their names, and their members as [`object`] has them.
    pub(crate) parts: &'static [(&'static str, &'static str)],
    /// Results within answers, and codes that stand there alone.
    pub(crate) inner: Vec<(&'static str, Inner)>,
    /// The member that holds the result of an answer.
    pub(crate) result: &'static str,
    /// What a result has besides its code and status.
    pub(crate) result_members: &'static str,
    /// Whether a failure may tell anything but its result.
    pub(crate) failures_tell_more: bool,
    /// Whether messages are envelopes that hold what was signed, and its signature.
    pub(crate) is_enveloped: bool,
    /// The operations, in their order.
    pub(crate) operations: Vec<Operation>,
}

/// One operation of a dialect.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) about: About,
    pub(crate) fields: &'static ObjectSpec,
    /// What holds of a request besides its fields' kinds.
    pub(crate) narrowed: Option<Value>,
    pub(crate) codes: Vec<CodeAndStatus>,
}

/// What tells within an answer how something else ended.
pub(crate) enum Inner {
    /// A result, made like that of the answer.
    Result(Vec<CodeAndStatus>),
    /// A code.
    Code(Vec<CodeAndStatus>),
}

/// What the tables of the gateway do not say about an operation.
pub(crate) struct About {
    pub(crate) summary: &'static str,
    /// The members of an answer besides its result, as [`object`] has them.
    pub(crate) members: &'static str,
    /// Requests that are answered well by a sandbox, once their ids are those of something there.
    pub(crate) examples: Vec<(&'static str, Value)>,
}

impl Dialect {
    /// The whole document.
    pub(crate) fn document(&self) -> Value {
        let mut schemas = Schemas::default();
        schemas.add("Moment", json!({"type": "string", "pattern": MOMENT}));
        for (name, members) in self.parts {
            schemas.add(name, object(members));
        }
        for (name, inner) in &self.inner {
            let schema = match inner {
                Inner::Result(codes) => result(codes, self.result_members),
                Inner::Code(codes) => {
                    json!({"enum": codes.iter().map(|(code, _)| *code).collect::<Vec<_>>()})
                }
            };
            schemas.add(name, schema);
        }
        let paths: Map<String, Value> = self
            .operations
            .iter()
            .map(|one| (one.path.to_owned(), self.path_item(one, &mut schemas)))
            .collect();
        let mut components = json!({"schemas": schemas.into_map(), "responses": responses()});
        let mut document = json!({
            "openapi": "3.1.0",
            "info": {"title": self.title, "version": "1", "description": self.description},
            "servers": self.prefixes.iter().map(|prefix| json!({"url": format!("http://localhost:8742{prefix}")})).collect::<Vec<_>>(),
            "paths": paths,
        });
        if let Some(name) = self.signature_header {
            components["securitySchemes"] =
                json!({"signature": {"type": "apiKey", "in": "header", "name": name}});
            document["security"] = json!([{"signature": []}]);
        }
        document["components"] = components;
        document
    }

    fn path_item(&self, operation: &Operation, schemas: &mut Schemas) -> Value {
        let About { summary, members, examples } = &operation.about;
        let mut described = json!({
            "operationId": operation.name,
            "summary": summary,
            "requestBody": {"required": true, "content": {"application/json": {
                "schema": self.request(operation, schemas),
                "examples": examples
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), json!({"value": value})))
                    .collect::<Map<_, _>>(),
            }}},
            "responses": {
                "200": self.answer(operation, members, schemas),
                "429": {"$ref": "#/components/responses/Unsigned"},
                "503": {"$ref": "#/components/responses/NotAnswered"},
            },
        });
        let rules = rules_told(operation.fields.rules);
        if !rules.is_empty() {
            described["description"] = rules.into();
        }
        if !self.request_headers.is_empty() {
            described["parameters"] = self.request_headers.iter().map(header_parameter).collect();
        }
        json!({"post": described})
    }

    fn request(&self, operation: &Operation, schemas: &mut Schemas) -> Value {
        let name = format!("{}Request", capitalised(operation.name));
        let content = schemas.table(operation.fields, &name);
        let content = match &operation.narrowed {
            Some(narrowed) => json!({"allOf": [content, narrowed]}),
            None => content,
        };
        if !self.is_enveloped {
            return content;
        }
        let members = json!({"request": content, "signature": {"type": "string", "minLength": 1}});
        let envelope = json!({"type": "object", "properties": members, "required": ["request", "signature"]});
        schemas.add(&format!("{}Envelope", capitalised(operation.name)), envelope)
    }

    fn answer(&self, operation: &Operation, members: &str, schemas: &mut Schemas) -> Value {
        let result =
            schemas.add(&self.name_of_result(operation), result(&operation.codes, self.result_members));
        let shape = Answer { result: self.result, members, failures_tell_more: self.failures_tell_more };
        let schema = schemas.answer(operation.name, result, &shape);
        let schema = if self.is_enveloped { enveloped(&schema) } else { schema };
        let mut described = json!({
            "description": "What came of it: signed, whatever the result.",
            "content": {"application/json": {"schema": schema}},
        });
        if !self.reply_headers.is_empty() {
            let text = || json!({"schema": {"type": "string"}});
            described["headers"] =
                self.reply_headers.iter().map(|name| ((*name).to_owned(), text())).collect();
        }
        described
    }
}

impl Dialect {
    /// Where all operations answer the same codes, their results are one schema.
    fn name_of_result(&self, operation: &Operation) -> String {
        let is_common = self.operations.iter().all(|other| other.codes == operation.codes);
        if is_common { "Result".to_owned() } else { format!("{}Result", capitalised(operation.name)) }
    }
}

fn header_parameter((name, what): &(&str, &str)) -> Value {
    json!({"name": name, "in": "header", "required": true, "description": what, "schema": {"type": "string"}})
}

fn enveloped(answer: &Value) -> Value {
    let content = json!({
        "type": "object",
        "properties": {"body": answer, "head": {"$ref": "#/components/schemas/ReplyHead"}},
        "required": ["body", "head"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {"response": content, "signature": {"type": "string", "minLength": 1}},
        "required": ["response", "signature"],
        "additionalProperties": false,
    })
}

/// What is answered without a signature.
fn responses() -> Value {
    let retry =
        json!({"Retry-After": {"required": true, "schema": {"type": "string", "pattern": "^[0-9]+$"}}});
    json!({
        "Unsigned": {
            "description": "More refusals were asked for than the gateway signs; without body and signature. Nothing was done.",
            "headers": retry,
        },
        "NotAnswered": {
            "description": "The answer could not be signed; without body and signature. What came of the request is not known.",
        },
    })
}
