//! Making the certificates of the local authority.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};

/// The names that the gateway of a developer answers to.
pub(super) const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate and its private key, both as PEM text.
pub(super) struct Issued {
    pub(super) certificate_pem: String,
    pub(super) key_pem: String,
}

/// A new authority that is valid in `valid_s` (Unix seconds), good for this machine's own names only.
///
/// A developer may tell a browser to trust it. The name constraints see to it that nobody who finds
/// its key can pass for any other site.
pub(super) fn issue_authority(valid_s: Range<u64>) -> Result<Issued, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = params_for("Farthing local authority", valid_s);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(local_names_only());
    let certificate_pem = params.self_signed(&key)?.pem();
    Ok(Issued { certificate_pem, key_pem: key.serialize_pem() })
}

/// A server's certificate for `names`, valid in `valid_s` (Unix seconds), signed by the authority.
///
/// It does not look whether the authority may sign these names; whoever verifies will.
pub(super) fn issue_leaf(
    authority_pem: &str,
    authority_key: KeyPair,
    names: &[&str],
    valid_s: Range<u64>,
) -> Result<Issued, rcgen::Error> {
    let issuer = Issuer::from_ca_cert_pem(authority_pem, authority_key)?;
    let key = KeyPair::generate()?;
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = params_for("Farthing on this machine", valid_s);
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate_pem = params.signed_by(&key, &issuer)?.pem();
    Ok(Issued { certificate_pem, key_pem: key.serialize_pem() })
}

fn params_for(common_name: &str, valid_s: Range<u64>) -> CertificateParams {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let mut params = CertificateParams::default();
    params.not_before = epoch + Duration::from_secs(valid_s.start);
    params.not_after = epoch + Duration::from_secs(valid_s.end);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Farthing");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

fn local_names_only() -> NameConstraints {
    let just = |ip: IpAddr, bits| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, bits));
    NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            just(Ipv4Addr::LOCALHOST.into(), 32),
            just(Ipv6Addr::LOCALHOST.into(), 128),
        ],
        excluded_subtrees: Vec::new(),
    }
}
