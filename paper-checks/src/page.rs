//! stub
use fieldassay::Result;
pub fn render(
    _: &crate::ledger::Ledger,
    _: &crate::audit::Audit,
    _: &[fieldassay::report::Figure],
) -> Result<String> {
    Ok(String::new())
}
