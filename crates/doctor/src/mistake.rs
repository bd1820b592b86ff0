//! The mistakes that are known.

/// Declares a list of mistakes: for each its word, what went wrong, and what to do.
macro_rules! mistakes {
    (
        $(#[$attribute:meta])*
        $list:ident:
        $($name:ident $code:literal: $explanation:literal, $fix:literal;)*
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $list {
            $(#[doc = $explanation] $name,)*
        }

        impl $list {
            /// Every mistake that is known.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word by which programs know it, in kebab case.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What went wrong, in one sentence.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation),* }
            }

            /// What to do, in one sentence.
            #[must_use]
            pub fn fix(self) -> &'static str {
                match self { $(Self::$name => $fix),* }
            }
        }
    };
}

pub(crate) use mistakes;

mistakes! {
    /// A mistake in signing a message.
    Mistake:
    SignatureMissing "signature-missing":
        "There is no signature.",
        "Put it where the dialect has it: the header Signature, or the member signature of an AlipayHK envelope.";
    EnvelopeUnreadable "envelope-unreadable":
        "The body is no envelope that can be read.",
        "Send one JSON object with the members request (or response) and signature, each once.";
    SignatureUnreadable "signature-unreadable":
        "The signature is not base64, however it is read.",
        "Encode the bytes of the signature in standard base64, once, and escape the result where it stands in a header.";
    SignatureLength "signature-length":
        "The signature has another length than one that this key makes.",
        "Sign with RSA and the private half of the registered key; an HMAC, an EC key or a key of another size cannot do.";
    NoKeyKnown "no-key-known":
        "There is no public key that the signature could be held against.",
        "Register the public key of the client first.";
    KeyVersionUnknown "key-version-unknown":
        "The message names a version of the key that is not registered.",
        "Name a registered version in keyVersion, or register the key under the version that is named.";
    AlgorithmName "algorithm-name":
        "The message names an algorithm that its dialect does not have.",
        "Write algorithm=RSA256 for Antom and Alipay, algorithm=RS256 for AlphaPay, signType RSA or RSA2 for AlipayHK.";
    ClientIdMissing "client-id-missing":
        "The message does not say whose it is.",
        "Send the header Client-Id (AlphaPay: Merchant-Code), or head.clientId in an AlipayHK envelope.";
    TimeMissing "time-missing":
        "The message does not say when it was sent.",
        "Send the time that was signed, letter by letter: Request-Time in a request or notification, Response-Time in an answer.";
    NonceMissing "nonce-missing":
        "There is no nonce.",
        "Send the header Nonce with the very text that was signed.";
    SignatureNotUrlEncoded "signature-not-url-encoded":
        "The base64 of the signature was put into the header without being escaped, where a + may become a blank.",
        "Escape the base64 once: + as %2B, / as %2F, = as %3D.";
    SignatureUrlEncodedTwice "signature-url-encoded-twice":
        "The base64 of the signature was escaped twice, so that %252B stands where %2B is due.",
        "Escape it once; look whether a library escapes the header's value once more.";
    SignatureBase64Url "signature-base64url":
        "The signature is in the URL alphabet of base64, with - and _ in place of + and /.",
        "Use the standard alphabet with padding, and escape it where it stands in a header.";
    SignatureHex "signature-hex":
        "The signature is in hexadecimal.",
        "Encode the bytes of the signature in standard base64 instead.";
    SignatureBase64Twice "signature-base64-twice":
        "The signature was encoded in base64 twice.",
        "Encode it once; many libraries give back base64 already.";
    OtherKeyVersion "other-key-version":
        "The signature is by another version of the signer's key than the message names.",
        "Name the version of the key that signs, or sign with the key that is named; without a name the newest counts.";
    GatewayKey "gateway-key":
        "The signature is by the gateway's key, where the client's is due.",
        "Sign requests with your own private key; of the gateway you need the public key only, for its answers.";
    ClientKey "client-key":
        "The signature is by the client's key, where the gateway's is due.",
        "Answers and notifications are signed with the gateway's private key; a message that the client signed itself proves nothing.";
    OtherClientKey "other-client-key":
        "The signature is by the key of another client.",
        "Take the private key that belongs to the client id in the message, or the client id that belongs to the key.";
    Sha1InsteadOfSha256 "sha1-instead-of-sha256":
        "The signature is over SHA-1, and SHA-256 is due.",
        "Use SHA256withRSA; for an AlipayHK client that knows SHA-1 only, change its setting or send signType RSA.";
    Sha256InsteadOfSha1 "sha256-instead-of-sha1":
        "The signature is over SHA-256, and SHA-1 is due.",
        "Send signType RSA2 in the head, set the client to SHA-256, or use SHA1withRSA.";
    HashedTwice "hashed-twice":
        "The message was hashed, and its hash was then signed with a function that hashes once more.",
        "Hand the message itself to the function that signs.";
    StringLineBreak "string-line-break":
        "The string to sign has something else than one LF after the path.",
        "Put the single byte 0x0A there: no CR, no blank, no backslash with the letter n.";
    StringSeparators "string-separators":
        "The parts of the string to sign are joined by other signs than dots.",
        "Write METHOD, blank, path, LF, then the rest with one dot between each two parts.";
    StringOrder "string-order":
        "The parts of the string to sign stand in another order.",
        "After the LF come client id, time, for AlphaPay the nonce, and the body, in this order.";
    BodyAlone "body-alone":
        "The body alone was signed, without method, path, client id and time.",
        "Sign METHOD, blank, path, LF, client id, dot, time, dot, body (AlphaPay: the nonce before the body).";
    BodyEmpty "body-empty":
        "The signature is over an empty body, and another was sent.",
        "Sign when the body is final; look whether it was read away before it was signed.";
    BodyLineBreaks "body-line-breaks":
        "The line breaks in what was signed are not those that were sent: LF in one, CRLF in the other.",
        "Sign the bytes that go over the wire, and keep text mode and line-ending conversion away from them.";
    BodyTrailingNewline "body-trailing-newline":
        "A line break or blank at the end was signed and not sent, or sent and not signed.",
        "Sign exactly what is sent, to the last byte.";
    BodyByteOrderMark "body-byte-order-mark":
        "A byte order mark was signed and not sent, or sent and not signed.",
        "Write UTF-8 without a byte order mark.";
    BodyCompact "body-compact":
        "The signature is over a copy of the JSON without blanks, and another text was sent.",
        "Turn the object into text once; sign this text and send the same.";
    BodySpaced "body-spaced":
        "The signature is over a copy of the JSON with a blank after each colon and comma, and another text was sent.",
        "Turn the object into text once; sign this text and send the same.";
    BodyPretty "body-pretty":
        "The signature is over an indented copy of the JSON, and another text was sent.",
        "Turn the object into text once; sign this text and send the same.";
    BodyKeysSorted "body-keys-sorted":
        "The signature is over a copy of the JSON with its keys sorted, and another text was sent.",
        "Nothing is to be sorted; sign the text that is sent.";
    BodyEscapes "body-escapes":
        "The signature is over a copy of the JSON with other escapes: \\u codes for letters, or \\/ for slashes.",
        "Turn the object into text once; sign this text and send the same.";
    BodyParsed "body-parsed":
        "The signature is over how the language prints a parsed body, not over the JSON that was sent.",
        "Sign the text of the JSON, not the object.";
    PathPrefixLeftOut "path-prefix-left-out":
        "The path was signed without the prefix that was sent.",
        "Sign the whole path of the request, /ams/api or /api/v2.0 included.";
    PathPrefixAdded "path-prefix-added":
        "The path was signed with a prefix that was not sent.",
        "Sign the path that is sent, as it is sent.";
    PathSandbox "path-sandbox":
        "The path was signed with /sandbox and sent without, or the reverse.",
        "Build the path first, then sign it; client ids that begin with SANDBOX_ go to /ams/sandbox/api.";
    PathSlashes "path-slashes":
        "The signed path has other slashes than the one that was sent.",
        "Sign the path letter by letter as it is sent; a gateway URL that ends in a slash doubles the next one.";
    QueryLeftOut "query-left-out":
        "The path was signed without its query.",
        "Sign the path with the question mark and all that follows it.";
    HostIncluded "host-included":
        "The host was signed with the path.",
        "Sign from the first slash after the host.";
    MethodName "method-name":
        "Another method was signed than the one that was sent.",
        "Sign POST, in capitals.";
    ClientIdOther "client-id-other":
        "The client id was signed in other letters than it was sent.",
        "Sign and send the id as it is registered; capitals and small letters are different letters.";
    ClientIdLeftOut "client-id-left-out":
        "The client id was not signed.",
        "After the LF come client id, dot, time, dot, body.";
    TimeHeaderName "time-header-name":
        "The time that was signed stands under another header than it should.",
        "Requests and notifications have Request-Time, answers Response-Time.";
    TimeForm "time-form":
        "The time was signed in another form than it was sent.",
        "Turn the time into text once; sign this text and send the same.";
    TimeOther "time-other":
        "Another moment was signed than the one that was sent, a second apart.",
        "Take the time once, and use it for both.";
    TimeLeftOut "time-left-out":
        "The time was not signed.",
        "After the LF come client id, dot, time, dot, body.";
    NonceLeftOut "nonce-left-out":
        "The nonce was not signed.",
        "After the LF come merchant code, dot, time, dot, nonce, dot, body.";
    NonceForm "nonce-form":
        "The nonce was signed in other letters than it was sent: in capitals, or with dashes.",
        "Make the nonce once; sign this text and send the same.";
    WholeBodySigned "whole-body-signed":
        "The whole envelope was signed.",
        "Sign the value of the member request (in an answer: response), from its opening to its closing brace.";
    MemberNameSigned "member-name-signed":
        "The name of the member was signed with its value.",
        "Leave out \"request\": and sign from the opening to the closing brace of its value.";
    PartOfMemberSigned "part-of-member-signed":
        "Only the head or only the body inside the member was signed.",
        "Sign the value of the member request (in an answer: response) with head and body.";
    HttpStringSigned "http-string-signed":
        "The string of another dialect was signed, with method, path, client id and time.",
        "AlipayHK signs the value of the member request (in an answer: response), and nothing around it.";
    TimeOutsideWindow "time-outside-window":
        "The signature is right, and the time in the message is too far from the real time.",
        "Set the clock of the machine that signs, and send a message when it is signed.";
}
