//! The mistakes with keys that are known.

use crate::mistake::mistakes;

mistakes! {
    /// A mistake in the text of a key.
    KeyMistake:
    Empty "key-empty":
        "There is no key.",
        "Give the key as base64 or as a PEM text.";
    SshForm "ssh-form":
        "The key is in the form of SSH.",
        "Turn it into PEM: ssh-keygen -e -m PKCS8 -f FILE prints the public key, ssh-keygen -p -m PKCS8 -f FILE rewrites the private one.";
    EscapedLineBreaks "escaped-line-breaks":
        "The line breaks of the PEM text were turned into backslashes with the letter n.",
        "Put real line breaks back; a text that went through JSON or an environment variable often has none.";
    FrameCutOff "frame-cut-off":
        "The PEM text has a BEGIN line and no END line.",
        "Copy the whole text, the dashes of its last line included.";
    NotBase64 "not-base64":
        "The text of the key has letters that base64 does not have.",
        "Copy the key again, without quotes and dots around it.";
    Certificate "certificate":
        "This is a certificate, and the key in it is wanted alone.",
        "Take it out: openssl x509 -in FILE -pubkey -noout.";
    NotAKey "not-a-key":
        "The text is base64, and holds no key that is known.",
        "Look whether it was cut off, or is a signature or a secret of another kind.";
    PasswordProtected "password-protected":
        "The private key is under a password.",
        "Take it off: openssl pkey -in FILE -out PLAIN.";
    PrivateInPlaceOfPublic "private-in-place-of-public":
        "This is a private key, and the public one is wanted.",
        "Hand out the public half only: openssl pkey -in FILE -pubout; a private key that was sent to anybody is to be replaced.";
    PublicInPlaceOfPrivate "public-in-place-of-private":
        "This is a public key, and the private one is wanted.",
        "Sign with your own private key; the public keys that you were given verify answers.";
    NotRsa "not-rsa":
        "The key is not an RSA key.",
        "Make one: openssl genrsa 2048.";
    TooShort "too-short":
        "The key has less than 2048 bits.",
        "Make one of 2048 bits: openssl genrsa 2048.";
    TooLong "too-long":
        "The key has more than 8192 bits.",
        "Make one of 2048 bits: openssl genrsa 2048.";
    Damaged "damaged":
        "The numbers in the key do not fit together.",
        "Copy the key again; a letter was lost or changed on the way.";
    Pkcs1Private "pkcs1-private":
        "The private key is in PKCS#1, and several SDKs take PKCS#8 only.",
        "Turn it into PKCS#8: openssl pkcs8 -topk8 -nocrypt -in FILE -out FILE8; the key stays the same.";
    Pkcs1Public "pkcs1-public":
        "The public key is in PKCS#1, and several SDKs take SPKI only.",
        "Turn it into SPKI: openssl rsa -RSAPublicKey_in -in FILE -pubout; the key stays the same.";
    WrongLabel "wrong-label":
        "The PEM frame names another form than the key in it has.",
        "Write PRIVATE KEY around PKCS#8, RSA PRIVATE KEY around PKCS#1, PUBLIC KEY around SPKI, RSA PUBLIC KEY around PKCS#1.";
    LineBreaks "line-breaks":
        "The bare base64 of the key is broken into lines, which several SDKs do not take.",
        "Join it into one line.";
    PemFrame "pem-frame":
        "The key is a PEM text, and several SDKs want the base64 alone.",
        "For these leave out the BEGIN and END lines and join the rest into one line.";
}
