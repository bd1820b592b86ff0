//! What the signature of an answer is worth, in each dialect, and what the answer says.

use farthing_core::rows::Dialect;
use farthing_crypto::Algorithm;
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;
use farthing_dialect_antom::client::Reply;
use farthing_dialect_antom::codes::ResultStatus;

use super::DialectClient;
use crate::exchange::{Response, SignatureVerdict};

impl DialectClient {
    pub(super) fn judge(&self, path: &str, response: &Response) -> SignatureVerdict {
        match self.dialect {
            Dialect::Antom | Dialect::Alipay => self.judge_antom(path, response),
            Dialect::AlipayHk => self.judge_alipayhk(response),
            Dialect::AlphaPay => self.judge_alphapay(path, response),
        }
    }

    fn judge_antom(&self, path: &str, response: &Response) -> SignatureVerdict {
        use antom::signed;
        let claimed =
            signed::claim_reply(signed::METHOD, path, &|name| response.header(name), &response.body);
        let claim = match claimed {
            Ok(claim) => claim,
            Err(error) => return SignatureVerdict::Missing(error.to_string()),
        };
        if claim.client_id != self.client_id {
            return SignatureVerdict::OtherClient { named: claim.client_id };
        }
        let candidates = claim.candidates.into_iter().map(|candidate| candidate.bytes).collect();
        self.verdict(Algorithm::RsaSha256, candidates, &[claim.signature], claim.key_version)
    }

    fn judge_alipayhk(&self, response: &Response) -> SignatureVerdict {
        let claim = match alipayhk::signed::claim_reply(&response.body) {
            Ok(claim) => claim,
            Err(error) => return SignatureVerdict::Missing(error.to_string()),
        };
        // The answer to a request that could not be read names nobody.
        if !claim.head.client_id.is_empty() && claim.head.client_id != self.client_id {
            return SignatureVerdict::OtherClient { named: claim.head.client_id };
        }
        self.verdict(self.algorithm, vec![claim.signed_bytes.to_vec()], &claim.signatures, None)
    }

    fn judge_alphapay(&self, path: &str, response: &Response) -> SignatureVerdict {
        use alphapay::signed;
        let headers = |name: &str| response.header(name);
        let claimed = signed::claim_reply(signed::METHOD, path, &self.client_id, &headers, &response.body);
        match claimed {
            Err(error) => SignatureVerdict::Missing(error.to_string()),
            Ok(claim) => {
                let candidates = claim.candidates.into_iter().map(|candidate| candidate.bytes).collect();
                let version = Some(claim.key_version);
                self.verdict(Algorithm::RsaSha256, candidates, &[claim.signature], version)
            }
        }
    }

    fn verdict(
        &self,
        algorithm: Algorithm,
        candidates: Vec<Vec<u8>>,
        signatures: &[Vec<u8>],
        key_version: Option<String>,
    ) -> SignatureVerdict {
        let holds = |bytes: &Vec<u8>| {
            signatures.iter().any(|signature| self.gateway_key.verify(algorithm, bytes, signature))
        };
        if candidates.iter().any(holds) {
            return SignatureVerdict::Verified;
        }
        let bytes_to_sign = candidates.into_iter().next().unwrap_or_default();
        SignatureVerdict::Wrong { bytes_to_sign, key_version }
    }
}

/// What a body says, whichever dialect it is in.
///
/// # Errors
/// A sentence about what cannot be read.
pub(super) fn read_reply(dialect: Dialect, body: &[u8]) -> Result<Reply, String> {
    match dialect {
        Dialect::Antom | Dialect::Alipay => {
            antom::client::parse_reply(body).map_err(|error| error.to_string())
        }
        Dialect::AlipayHk => {
            let reply = alipayhk::client::parse_reply(body).map_err(|error| error.to_string())?;
            Ok(Reply {
                result_code: reply.result_code,
                result_status: status(reply.result_status.letter()),
                result_message: reply.result_message,
                body: reply.body,
            })
        }
        Dialect::AlphaPay => {
            let reply = alphapay::client::parse_reply(body).map_err(|error| error.to_string())?;
            Ok(Reply {
                result_code: reply.result_code,
                result_status: status(reply.result_status.letter()),
                result_message: reply.result_message,
                body: reply.body,
            })
        }
    }
}

fn status(letter: &str) -> ResultStatus {
    ResultStatus::parse(letter).expect("every dialect knows S, F and U only")
}
