//! One story, three stores.

/// Makes three tests of each story: one on the memory store, one on SQLite, one on PostgreSQL.
///
/// A story is an `async fn` that takes a `&TestGateway`. After it the gateway is stopped, and its books are proven. The
/// test on PostgreSQL needs a server, whose connection string is in `FARTHING_TEST_POSTGRES`; without one it says
/// that it was skipped, and passes. `make test` starts one.
///
/// ```
/// use farthing_stories::{TestGateway, on_every_store};
///
/// on_every_store! { nothing_happens }
///
/// async fn nothing_happens(gateway: &TestGateway) {
///     assert!(gateway.api_url().starts_with("http://127.0.0.1:"));
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! on_every_store {
    ($($story:ident)*) => {
        $crate::on_every_store!(@on on_memory, Memory, $($story)*);
        $crate::on_every_store!(@on on_sqlite, Sqlite, $($story)*);
        $crate::on_every_store!(@on on_postgres, Postgres, $($story)*);
    };
    (@on $module:ident, $kind:ident, $($story:ident)*) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    if !$crate::StoreKind::$kind.is_at_hand() {
                        return;
                    }
                    let gateway = $crate::TestGateway::start($crate::StoreKind::$kind).await;
                    super::$story(&gateway).await;
                    gateway.stop().await;
                }
            )*
        }
    };
}
