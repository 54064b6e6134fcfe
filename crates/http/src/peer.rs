//! Who is at the other end: the client's address, past the proxies that are trusted.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use crate::network::Network;

/// The other end of the connection, put into each request by the server loop.
#[derive(Clone, Copy, Debug)]
pub struct Socket(pub SocketAddr);

/// The address of who asks. `X-Forwarded-For` is believed as far as each of those who wrote it is
/// trusted, from the nearest on: whatever stands before that may be the client's invention.
pub fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted_proxies: &[Network],
) -> Option<IpAddr> {
    let socket = extensions.get::<Socket>()?.0.ip().to_canonical();
    let trusted = |address: IpAddr| trusted_proxies.iter().any(|network| network.contains(address));
    let mut nearest = socket;
    for hop in forwarded_for(headers).into_iter().rev() {
        if !trusted(nearest) {
            break;
        }
        match address(hop) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    Some(nearest)
}

/// Who an address belongs to: one subscriber of IPv6 has at least a network of 64 bits to choose addresses from.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The hops in the order in which they were added; several headers are one list.
fn forwarded_for(headers: &HeaderMap) -> Vec<&str> {
    headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect()
}

/// Some proxies add the port.
fn address(hop: &str) -> Option<IpAddr> {
    let address = hop
        .parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| hop.trim_start_matches('[').trim_end_matches(']').parse());
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(socket: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(Socket(socket.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client_address(&extensions, &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn nobody_is_believed_unless_trusted() {
        assert_eq!(client("192.0.2.1:5", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(client("192.0.2.1:5", &["198.51.100.7"], &["10.0.0.0/8"]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_who_asks() {
        assert_eq!(client("10.0.0.1:5", &["198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1:5", &["198.51.100.7:4711"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(client("[::ffff:10.0.0.1]:5", &["2001:db8::7"], &["10.0.0.0/8"]), "2001:db8::7");
        assert_eq!(client("10.0.0.1:5", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn what_stands_before_the_last_trusted_hop_is_the_clients_invention() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(client("10.0.0.1:5", &["1.1.1.1, 198.51.100.7, 10.0.0.2"], trusted), "198.51.100.7");
        assert_eq!(client("10.0.0.1:5", &["1.1.1.1", "198.51.100.7"], trusted), "198.51.100.7");
        assert_eq!(client("10.0.0.1:5", &["198.51.100.7, nonsense"], trusted), "10.0.0.1");
    }
}
